"""Shipped tables; every row carries its source and date."""
