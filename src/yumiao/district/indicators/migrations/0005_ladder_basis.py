"""What the ladder follows from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("indicators", "0004_ending_notice"),)

    operations = (
        migrations.AddField(
            model_name="ladderbuilt",
            name="basis",
            field=models.CharField(default="", max_length=64),
        ),
    )
