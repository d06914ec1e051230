"""Letters as parts of regular expressions, which have no class for capitals beyond ASCII."""

CAPITAL = (
    "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚẞΆΈ-ΊΌΎ-ΏΑ-ΫЀ-Я"
)
"""The capital letters of the Latin, Greek and Cyrillic scripts, for use within ``[]``."""

SMALL = "a-zß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțΐά-ώа-џ"
"""The small letters of the same scripts, for use within ``[]``."""
