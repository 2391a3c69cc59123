"""通报 (Art. 3, 24): figures of closed months → a draft that writes itself → the document that is printed and issued.

`facts` collects the figures of a period, each under a key and with the list behind it; `wording` composes sentences of
them; `draft` is the text with its figures as fields; `paper` makes the document of it; `commands` keep, issue and withdraw.
"""
