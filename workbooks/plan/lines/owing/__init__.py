"""What is owed: by contract, to the API beside own nodes, and in other currencies."""
