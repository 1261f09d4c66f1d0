"""What the database itself does for search: texts made into words, and changed assets noted by triggers."""

from django.db import migrations

# Every text in an asset's fields, lists too: what search indexes.
WORDS = """
CREATE FUNCTION library_words(about jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(value #>> '{}', ' '), '')
    FROM jsonb_path_query(about, 'strict $.** ? (@.type() == "string")') AS value
$$
"""
LANGUAGES = """
CREATE FUNCTION library_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (CASE split_part(lower(language), '-', 1)
        WHEN 'ar' THEN 'arabic' WHEN 'ca' THEN 'catalan' WHEN 'da' THEN 'danish' WHEN 'de' THEN 'german'
        WHEN 'el' THEN 'greek' WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish' WHEN 'eu' THEN 'basque'
        WHEN 'fi' THEN 'finnish' WHEN 'fr' THEN 'french' WHEN 'ga' THEN 'irish' WHEN 'hi' THEN 'hindi'
        WHEN 'hu' THEN 'hungarian' WHEN 'hy' THEN 'armenian' WHEN 'id' THEN 'indonesian' WHEN 'it' THEN 'italian'
        WHEN 'lt' THEN 'lithuanian' WHEN 'nb' THEN 'norwegian' WHEN 'ne' THEN 'nepali' WHEN 'nl' THEN 'dutch'
        WHEN 'nn' THEN 'norwegian' WHEN 'no' THEN 'norwegian' WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian'
        WHEN 'ru' THEN 'russian' WHEN 'sr' THEN 'serbian' WHEN 'sv' THEN 'swedish' WHEN 'ta' THEN 'tamil'
        WHEN 'tr' THEN 'turkish' WHEN 'yi' THEN 'yiddish' ELSE 'simple' END)::regconfig
$$;
"""
# Scripts without spaces between words are kept as pairs of neighbouring signs: any word of two signs and more is then a
# phrase of pairs.
BIGRAMS = """
CREATE FUNCTION library_bigrams(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(substr(run[1], place, 2), ' '), '')
    FROM regexp_matches(words, '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}', 'g') AS run,
        generate_series(1, length(run[1]) - 1) AS place
$$;
"""
VECTOR = """
CREATE FUNCTION library_vector(language regconfig, words text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('simple', words) || to_tsvector('english', words)
        || CASE WHEN language IN ('simple'::regconfig, 'english'::regconfig) THEN ''::tsvector
            ELSE to_tsvector(language, words) END
        || to_tsvector('simple', library_bigrams(words))
$$;
"""
# `column` says which column of the changed rows names the asset.
TOUCH = """
CREATE FUNCTION library_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO library_touched (asset_id, workspace_id, written_in)
        SELECT DISTINCT asset.id, asset.workspace_id, pg_current_xact_id()::text::bigint
        FROM (%s) AS asset WHERE asset.id IS NOT NULL ORDER BY asset.id
        ON CONFLICT (asset_id) DO UPDATE SET written_in = excluded.written_in
        WHERE library_touched.written_in <> excluded.written_in', TG_ARGV[0]);
    RETURN NULL;
END
$$;
"""
OF_ASSET = "SELECT id, workspace_id FROM library_asset WHERE id IN (SELECT asset_id FROM changed)"
ASSETS_OF = {
    "library_asset": "SELECT id, workspace_id FROM changed",
    "library_version": OF_ASSET,
    "library_licence": OF_ASSET,
    "library_subject_assets": OF_ASSET,
    "library_liveon": OF_ASSET,
    "library_fingerprint": "SELECT id, workspace_id FROM library_asset WHERE id IN"
    " (SELECT asset_id FROM library_version WHERE id IN (SELECT version_id FROM changed))",
}
TOUCHED = [
    f"CREATE TRIGGER {table}_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed"
    f" FOR EACH STATEMENT EXECUTE FUNCTION library_touch('{assets}');"
    for table, assets in ASSETS_OF.items()
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
]
# A block of postings that is made meanwhile strikes out only what it has seen: hence the number of the transaction.
UNPOST = """
CREATE FUNCTION library_unpost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO library_unposted (asset_id, workspace_id, written_in)
        SELECT asset.id, asset.workspace_id, pg_current_xact_id()::text::bigint FROM (%s) AS asset ORDER BY asset.id
        ON CONFLICT (asset_id) DO UPDATE SET written_in = excluded.written_in
        WHERE library_unposted.written_in <> excluded.written_in', TG_ARGV[0]);
    RETURN NULL;
END
$$;
"""
REWORDED = (
    "SELECT changed.id, changed.workspace_id FROM changed JOIN was ON was.id = changed.id"
    " WHERE changed.search IS DISTINCT FROM was.search"
)
UNPOSTED = [
    "CREATE TRIGGER library_asset_unpost_new AFTER INSERT ON library_asset REFERENCING NEW TABLE AS changed"
    " FOR EACH STATEMENT EXECUTE FUNCTION library_unpost('SELECT id, workspace_id FROM changed');",
    "CREATE TRIGGER library_asset_unpost_changed AFTER UPDATE ON library_asset"
    " REFERENCING OLD TABLE AS was NEW TABLE AS changed"
    f" FOR EACH STATEMENT EXECUTE FUNCTION library_unpost('{REWORDED}');",
]
# The planner must know how common words are to choose between finding them and passing through the newest.
STATISTICS = "ALTER TABLE library_asset ALTER COLUMN search SET STATISTICS 1000;"

UNDO = [
    *(f"DROP TRIGGER {table}_{event} ON {table};" for table in ASSETS_OF for event in ("insert", "update", "delete")),
    "DROP TRIGGER library_asset_unpost_new ON library_asset;",
    "DROP TRIGGER library_asset_unpost_changed ON library_asset;",
    "DROP FUNCTION library_unpost(), library_touch(), library_words(jsonb), library_vector(regconfig, text),"
    " library_bigrams(text), library_config(text);",
]


class Migration(migrations.Migration):
    replaces = [
        ("library", "0009_searching"),
        ("library", "0011_postings"),
        ("library", "0014_smart_collections_and_live"),
    ]
    dependencies = [("library", "0001_tables")]
    operations = [
        migrations.RunSQL(
            [WORDS, LANGUAGES, BIGRAMS, VECTOR, TOUCH, *TOUCHED, UNPOST, *UNPOSTED, STATISTICS],
            UNDO,
        ),
    ]
