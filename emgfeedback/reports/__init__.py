"""A record becomes tables, charts, sentences and a page to file: PDF or HTML."""
