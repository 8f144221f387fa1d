"""The working calendar: holidays and make-up days as dated data, and counting of working days."""
