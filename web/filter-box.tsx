/** The filter and the grouping. An unreadable filter says so beneath, with a caret at the place; the list keeps the last one that could be read. */
import { FIELD_NOTES } from './completions.ts'
import { FilterInput } from './filter-input.tsx'
import type { GroupBy } from './grouping.ts'
import { filter, groupBy, groupList } from './listed.ts'
import { goTo, route } from './router.ts'

export function FilterBox() {
  const { q } = route.value
  const error = isBeingTyped(q) ? null : filter.value.error
  return (
    <search class="filter">
      <label class="sr" for="filter">
        Filter
      </label>
      <div class="filter-text">
        <FilterInput isInvalid={error !== null} />
        {q !== '' && (
          <button
            type="button"
            class="clear"
            aria-label="Clear the filter"
            onClick={() => {
              goTo({ ...route.value, q: '' }, true)
              document.getElementById('filter')?.focus()
            }}
          >
            ✕
          </button>
        )}
        {error !== null && (
          <div class="filter-error" id="filter-error" role="alert">
            <pre aria-hidden="true">{`${' '.repeat(error.offset)}▲`}</pre>
            {error.message}. The list still shows the last filter that could be read.
          </div>
        )}
      </div>
      <label class="hide-narrow group-by">
        <span>Group</span>
        <select value={groupBy.value} onChange={(event) => groupList(event.currentTarget.value as GroupBy)}>
          <option value="run">by run</option>
          <option value="host">by host</option>
          <option value="none">not</option>
        </select>
      </label>
    </search>
  )
}

/** A field whose value is still to come is no error yet. */
function isBeingTyped(q: string): boolean {
  const [, field = ''] = /(?:^|[\s(-])(\w+):$/.exec(q) ?? []
  return Object.hasOwn(FIELD_NOTES, field.toLowerCase())
}
