"""The catalog's schema as numbered steps, one module each. A released step is never edited: a later
one changes what it created."""

from __future__ import annotations

from explorer.library.migration_steps import (
    m001_create_tables,
    m002_create_derived_tables,
    m003_watch_folders,
    m004_create_pairs,
    m005_create_decisions,
    m006_create_quality,
    m007_create_map,
    m008_sketch_when_wanted,
    m009_count_by_indexes,
    m010_keep_contents,
    m011_date_precision,
    m012_keep_change_times,
    m013_tell_faults_apart,
    m014_keep_texts,
    m015_create_saved_searches,
    m017_keep_places,
    m018_create_edits,
    m019_create_concepts,
    m020_album_names,
    m021_keep_sidecars,
    m022_compare_copies_again,
)

STEPS = (
    ("m001_create_tables", m001_create_tables.SQL),
    ("m002_create_derived_tables", m002_create_derived_tables.SQL),
    ("m003_watch_folders", m003_watch_folders.SQL),
    ("m004_create_pairs", m004_create_pairs.SQL),
    ("m005_create_decisions", m005_create_decisions.SQL),
    ("m006_create_quality", m006_create_quality.SQL),
    ("m007_create_map", m007_create_map.SQL),
    ("m008_sketch_when_wanted", m008_sketch_when_wanted.SQL),
    ("m009_count_by_indexes", m009_count_by_indexes.SQL),
    ("m010_keep_contents", m010_keep_contents.SQL),
    ("m011_date_precision", m011_date_precision.SQL),
    ("m012_keep_change_times", m012_keep_change_times.SQL),
    ("m013_tell_faults_apart", m013_tell_faults_apart.SQL),
    ("m014_keep_texts", m014_keep_texts.SQL),
    ("m015_create_saved_searches", m015_create_saved_searches.SQL),
    ("m017_keep_places", m017_keep_places.SQL),
    ("m018_create_edits", m018_create_edits.SQL),
    ("m019_create_concepts", m019_create_concepts.SQL),
    ("m020_album_names", m020_album_names.SQL),
    ("m021_keep_sidecars", m021_keep_sidecars.SQL),
    ("m022_compare_copies_again", m022_compare_copies_again.SQL),
)
"""Name and SQL of each step, in order."""
