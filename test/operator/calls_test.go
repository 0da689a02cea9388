package operator

import (
	"strings"

	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

type lookerCall = lookertest.Call

// operations is a list of calls for a message.
func operations(log []lookerCall) string {
	var out []string
	for _, c := range log {
		out = append(out, c.Operation)
	}
	return strings.Join(out, ", ")
}
