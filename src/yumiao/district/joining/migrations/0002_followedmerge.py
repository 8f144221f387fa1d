from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("joining", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FollowedMerge",
            fields=[
                ("subject", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("read_as", models.CharField(max_length=40)),
                ("told_at", models.DateTimeField()),
            ],
        ),
    ]
