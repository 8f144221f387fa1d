"""Notes of officers on subjects."""
