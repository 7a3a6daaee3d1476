"""One function for each command of the command line."""

from explorer.commands.app import run_demo, run_open
from explorer.commands.indexing import run_index, run_verify
from explorer.commands.looking import run_search, run_status
from explorer.commands.oddities import run_anomalies
from explorer.commands.tools import run_bench, run_models

__all__ = ["run_anomalies", "run_bench", "run_demo", "run_index", "run_models", "run_open", "run_search", "run_status", "run_verify"]
