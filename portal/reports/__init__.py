"""What villagers report without an account: sealed to the town and the district, followed with sixteen digits.

Offices see what comes in only from the batch moments of the setting `reports.release` on, all of it together.
Whether something was handed over is a yes or no; when is stored nowhere, and clocks start at the batch by which
everything of that week had been handed over. No hand can release earlier: whoever could would send two reports
of their own and then know when the next one came. Only a threat or an act of revenge (severity 5) reaches the
offices at once: there, speed guards people better than a hidden hour. Rehearsals run `portal tick --at <day>`.
"""
