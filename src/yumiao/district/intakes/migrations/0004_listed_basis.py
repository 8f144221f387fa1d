from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intakes", "0003_row_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="storefollowed",
            name="listed_basis",
            field=models.CharField(default="", max_length=64),
        ),
    ]
