package lookerclient

import (
	"encoding/json"
	"errors"
	"strconv"
)

// ID is an identifier in Looker. Most look like numbers, some are names (the
// folder "lookml", the dashboard "model::name"). Looker sends strings; older
// releases and a few endpoints send numbers, and both decode. It is always sent
// as a string.
type ID string

// String returns the id itself.
func (id ID) String() string { return string(id) }

// UnmarshalJSON implements json.Unmarshaler. Null leaves the id empty.
func (id *ID) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*id = ""
		return nil
	}
	if len(data) > 0 && data[0] == '"' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*id = ID(s)
		return nil
	}
	if _, err := strconv.ParseInt(string(data), 10, 64); err != nil {
		return errors.New("an id is neither a string nor a whole number")
	}
	*id = ID(data)
	return nil
}
