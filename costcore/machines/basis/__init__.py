"""What an answer rests on, in one sentence: measured, modelled or unknown; no number of its own."""
