"""How long people wait: time to the first token, speed of an answer, requests within limits."""
