package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
)

// message is how a message begins in a chat that WhatsApp exports, after folding: on one kind of
// phone as [12/03/2024, 21:15:03] Name: text, on the other as 12/03/2024, 21:15 - Name: text. Dates
// are as the phone writes them.
var message = regexp.MustCompile(`^(?:\[\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[\pL.]{1,6}(?: [\pL.]{1,3})?)?\] |\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?: ?[\pL.]{1,6}(?: [\pL.]{1,3})?)? - )(.*)$`)

// errChat says what a person can do with a chat. A message is not a report before somebody has read
// it, and the file has the names and numbers of private persons, which belong neither on a
// screen nor in a record.
var errChat = errors.New(`a chat exported from WhatsApp, which Truce does not read: a message is not a report until a person has read it, and the file names private persons. ` +
	`Make a table with a row for each message that reports something, and columns for its date and time (sent), the place, what happened, and a code such as contact-1 for who wrote it, without names and telephone numbers. ` +
	`Then run truce map on the table; in the mapping, write occurred: {column: sent, not_later_than: true, earliest: 36h}, because what a message reports happened before it was sent`)

// mostChat is how much of a file is looked at to tell a chat.
const mostChat = 64 << 10

// aChat reports whether a text is a chat: two of its first lines begin as messages do, and none of
// them before the first message. It returns what to read on from.
func aChat(in io.Reader) (bool, io.Reader) {
	head := bufio.NewReaderSize(in, mostChat)
	first, _ := head.Peek(mostChat)
	return isChat(first), head
}

func isChat(head []byte) bool {
	named, all := 0, 0
	for n, line := range bytes.SplitN(head, []byte{'\n'}, 60) {
		part := message.FindSubmatch(bytes.TrimSpace(folded(line[:min(len(line), 500)])))
		switch {
		case part == nil && n == 0:
			return false // a table begins with its header, and a title
		case part == nil: // a message of several lines
		case bytes.Contains(part[1], []byte(": ")):
			named++
			fallthrough
		default:
			all++
		}
	}
	return named > 0 && all > 1
}
