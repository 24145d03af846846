"""Training at home: a signed plan goes out, results come back as one encrypted file."""
