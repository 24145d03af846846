"""Home mode: what a patient sees who trains with a kit. One thing at a time, large."""
