package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// message is how a message begins in a chat that WhatsApp exports, after folding: on one kind of
// phone as [12/03/2024, 21:15:03] Name: text, on the other as 12/03/2024, 21:15 - Name: text. Dates
// are as the phone writes them.
var message = regexp.MustCompile(`^(?:\[\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[\pL.]{1,6}(?: [\pL.]{1,3})?)?\] |\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?: ?[\pL.]{1,6}(?: [\pL.]{1,3})?)? - )(.*)$`)

// ErrChat is the reason for which a chat is not read: nothing of such a file may be printed or kept.
var ErrChat = errors.New("chats are not read")

// A chatError says which program exported a chat, and what to do with it.
type chatError string

func (e chatError) Error() string        { return string(e) }
func (e chatError) Is(target error) bool { return target == ErrChat }

// errChat says what a person can do with a chat. A message is not a report before somebody has read
// it, and the file has the names and numbers of private persons, which belong neither on a
// screen nor in a record.
const errChat = chatError(`a chat exported from WhatsApp, which Truce does not read: a message is not a report until a person has read it, and the file names private persons. ` +
	`Make a table with a row for each message that reports something, and columns for its date and time (sent), the place, what happened, and a code such as contact-1 for who wrote it, without names and telephone numbers. ` +
	`Then run truce map on the table; in the mapping, write occurred: {column: sent, not_later_than: true, earliest: 36h}, because what a message reports happened before it was sent`)

// errTelegram is the same for an export of Telegram Desktop.
const errTelegram = chatError(`an export of Telegram, which Truce does not read: a message is not a report until a person has read it, and the file names private persons (from, from_id, actor). ` +
	`Make a table with a row for each message that reports something, and columns for its date and time (sent), the place, what happened, and a code such as contact-1 for who wrote it, without names and telephone numbers. ` +
	`If it is the export of a channel, whose messages come from an organisation, write a mapping that names the column of the sender, such as publisher: {column: from}, with table: {rows: messages}: then Truce reads the file and keeps it`)

// telegram is what a message or a chat in the JSON of Telegram Desktop has, and no other file that
// we know: who wrote it, or the kind of chat (core.telegram.org/import-export).
var telegram = regexp.MustCompile(`"(?:from|actor)_id"\s*:\s*"(?:user|channel|chat)\d+"|"type"\s*:\s*"(?:saved_messages|verification_codes|replies|personal_chat|bot_chat|(?:private|public)_(?:group|supergroup|channel))"`)

// senders are the members of a message that name a person.
var senders = []string{"from", "from_id", "actor", "actor_id", "author"}

// sender reports whether a mapping names the column of a message's sender: then somebody has
// decided that the senders may be in the record.
func (m *Mapping) sender() bool {
	if m == nil {
		return false
	}
	t, err := newGeneric(Options{Mapping: m, Source: "s"}, "jsonl", nil)
	return err == nil && slices.ContainsFunc(t.need, func(name string) bool {
		return slices.Contains(senders, name[strings.LastIndexByte(name, '.')+1:])
	})
}

// Chat returns an error that is ErrChat if an entry is a chat that is not read by this mapping
// (nil: none). Nothing of such a file may be kept.
func (e Entry) Chat(m *Mapping) error {
	in, err := e.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = notChat(in, m)
	return err
}

// notChat returns what to read on from, or why a file is not read.
func notChat(in io.Reader, m *Mapping) (io.Reader, error) {
	head := bufio.NewReaderSize(in, mostChat)
	switch first, _ := head.Peek(mostChat); {
	case isChat(first):
		return head, errChat
	case telegram.Match(first) && jsonish(first) && !m.sender():
		return head, errTelegram
	}
	return head, nil
}

// jsonish reports whether a file begins as JSON does.
func jsonish(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

// mostChat is how much of a file is looked at to tell a chat.
const mostChat = 64 << 10

// isChat reports whether a text is a chat: two of its first lines begin as messages do, and none of
// them before the first message.
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
