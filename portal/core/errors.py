"""What goes wrong in a way that a person can mend."""


class Refused(Exception):
    """A request that the rules refuse, with the sentence that the person reads.

    `phrase` is a message id of the catalogue, `params` fill its `%(name)s` places, `field` names the
    form field that it stands beside (None: it concerns the whole page).
    """

    def __init__(self, phrase: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(phrase % params if params else phrase)
        self.phrase = phrase
        self.field = field
        self.params = params
