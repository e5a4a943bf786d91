"""The questions people ask, answered from the rooms below; nothing below imports them."""
