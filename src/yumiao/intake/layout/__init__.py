"""The layout of sheets made for the eye: where the tables are, what their labels say, what each row is.

One door for each question: :func:`yumiao.intake.layout.survey.find_tables` finds the tables of a sheet,
:func:`yumiao.intake.layout.records.read_records` reads one of them, :mod:`yumiao.intake.layout.writing`
writes it down. No guess empties a cell: what is not understood stays as received and is listed as a doubt.
"""
