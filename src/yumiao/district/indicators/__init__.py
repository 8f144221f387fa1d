"""Dated targets, received values of indicators, and the ladder as the register's pages count it."""
