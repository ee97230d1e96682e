/** DuckDB's SQL for the editor: what is coloured and offered. Not all that DuckDB knows; what people write. */
import { SQLDialect } from "@codemirror/lang-sql";

export const DUCKDB = SQLDialect.define({
  keywords: `all and anti any array as asc asof between both by case cast collate columns cross current date day
    describe distinct else end escape except exclude exists explain extract false fetch filter first following for from full
    group grouping having hour ignore ilike in inner intersect interval into is isnull join lambda last lateral left like
    limit minute month natural not notnull null nulls offset on or order outer over partition pivot positional preceding
    qualify range recursive rename replace respect right rollup row rows sample second select semi sets show similar some
    summarize table tablesample then ties timestamp to trailing true try_cast unbounded union unpivot using values when
    where window with within without year`,
  types: `bigint bit blob boolean date decimal double float hugeint integer interval json list map real smallint struct
    text time timestamp timestamptz tinyint ubigint uinteger union usmallint utinyint uuid varchar`,
  builtin: `abs age any_value approx_count_distinct arg_max arg_min array_agg avg bool_and bool_or ceil coalesce concat
    concat_ws contains count count_if current_date current_timestamp date_diff date_part date_trunc dense_rank ends_with
    epoch epoch_ms first floor format generate_series greatest histogram if ifnull json_array_length json_extract
    json_extract_string json_keys json_type lag last lead least len length list list_aggregate list_contains list_distinct
    list_filter list_sort list_transform lower lpad ltrim max max_by md5 median min min_by mode now nullif percent_rank
    printf quantile_cont range rank regexp_extract regexp_extract_all regexp_matches regexp_replace replace reverse round
    row_number rpad rtrim sha256 split_part starts_with stddev strftime string_agg string_split strptime substr sum
    time_bucket to_json trim typeof unnest upper`,
  doubleDollarQuotedStrings: true,
  operatorChars: "+-*/<>=~!@#%^&|`?:",
});
