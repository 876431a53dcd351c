"""Images: from providers' files to keograms, and from keograms to pictures.

`readers` give `frames`; `ingest` takes them into the archive through `operation` (minutes and data
products) and `keogram` (columns side by side), kept by `store`; `render` and `colour` paint them;
`wall` and its neighbours say which imager worked in which minutes of which day.
"""
