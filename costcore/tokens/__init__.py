"""What tokens cost from somebody else: API prices and bills; nothing of machines."""
