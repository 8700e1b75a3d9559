"""The blueprint that all pages of reports hang on."""

from flask import Blueprint

bp = Blueprint("reports", __name__)
