from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeptCounts",
            fields=[
                ("register", models.CharField(max_length=160, primary_key=True, serialize=False)),
                ("places", models.JSONField()),
                ("counted_at", models.DateTimeField()),
            ],
        ),
    ]
