"""The budget folder: its receipts, what they fold into, and which folder is in use."""
