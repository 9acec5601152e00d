"""DeepMasque: from a photo of a person to a mask a film editor would accept."""
