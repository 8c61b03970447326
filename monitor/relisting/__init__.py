"""What went and comes back under another name: fingerprints, proposals, people's decisions, lineages."""
