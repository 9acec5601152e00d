"""Networks, training, evaluation and export; never imported by the app."""
