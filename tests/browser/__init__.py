"""A real browser that looks at what we publish the way feed readers do.

`attacks` is what strangers may write, `sources` puts it into blogs of every kind, `chromium` opens
what comes out and says what happened; `viewer.html` is the page that does it from within.
"""
