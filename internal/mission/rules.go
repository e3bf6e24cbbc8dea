package mission

import (
	"github.com/opentruce/truce/internal/agreement"
)

// Limits are what the agreement's text leaves open or nobody can monitor, as truce
// check says it.
func (m *Mission) Limits() []string {
	folder := "agreement"
	if m.About.Folder != "" {
		folder = m.About.Folder
	}
	_, probs := ReadAgreement(m.Dir + "/" + folder)
	var out []string
	for _, p := range probs {
		if p.Severity != agreement.Error {
			out = append(out, p.Text)
		}
	}
	return out
}
