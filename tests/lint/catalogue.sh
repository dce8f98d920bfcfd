#!/usr/bin/env bash
# The committed template of all texts is what the sources say, and no word of a page is unmarked.
exec scripts/catalogue --check
