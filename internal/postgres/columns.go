package postgres

// Columns turns rows of values into one array per column, as unnest takes them.
// Bulk writes use it: COPY fails under row-level security.
type Columns [][]any

// Add appends a row. All rows have as many values as the first.
func (c *Columns) Add(values ...any) {
	if *c == nil {
		*c = make(Columns, len(values))
	}
	for i, v := range values {
		(*c)[i] = append((*c)[i], v)
	}
}

// Args are the arrays as a statement's arguments, followed by more.
func (c Columns) Args(more ...any) []any {
	args := make([]any, 0, len(c)+len(more))
	for _, column := range c {
		args = append(args, column)
	}
	return append(args, more...)
}
