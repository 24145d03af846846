"""A board made of software: it speaks the firmware's protocol byte for byte."""
