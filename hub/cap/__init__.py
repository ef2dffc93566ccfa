"""CAP 1.2: vocabulary, model, XML. Pure: no web framework, no database."""
