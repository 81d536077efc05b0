"""A believable company to try Halfmoon with, of any size, the same for the same seed and day.

``places`` and ``goods`` are its world, ``company`` its dealers, ``trade`` what they buy, hold and sell, ``story`` plays
it through the product's own doors day by day.
"""
