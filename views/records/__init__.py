"""Records: pages with a list at the left and the one thing chosen at the right, all of one shape.

A new page of this shape is made of four small things, as `views/suggestions` and `views/improvements` are:

1. `columns.py`: the columns of the list and its chips.
2. `forms.py`: a `Form` for something new, and one for each step that asks for particulars (`WordsForm` for words).
3. `panel.py`: a `RecordPanel` that says how a record is read, what it shows, which form a step has and which
   command carries it out. Head, row of steps, tabs, the foot, drafts, what others did meanwhile are there.
4. `page.py`: a `RecordList` that says what it lists and by which chips, put beside the panel with
   `views.tables.listed.beside`.

What a record's detail must have: `row.id`, `row.version`, `allowed` (steps), `steps` (its history) and `days`
(of its deadline, or none). A list's filter must have `search`, `state` and a flag for each clock chip; its
counts `states` and a number for each clock chip.
"""
