package situation

import "github.com/opentruce/truce/internal/assess"

// Independence are the rules by which observations confirm each other, as they hold here.
func (s *Situation) Independence() *assess.Context { return s.ctx }
