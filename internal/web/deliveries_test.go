package web

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestDeliveryEnds: a command that brings nothing new of its file does not keep others
// from reading files, however often it asks; one that does is waited for.
func TestDeliveryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := func() (*deliveries, *bool) {
			d, free := &deliveries{by: "a command"}, false
			d.free = func() { free = true }
			d.timer = time.AfterFunc(patient, func() { d.end("a command") })
			return d, &free
		}
		d, free := held()
		for range int(patient/time.Minute) + 1 {
			time.Sleep(time.Minute)
			_, _ = d.current("a command")
			d.came("another")
		}
		synctest.Wait()
		if !*free {
			t.Error("it has the folder still")
		}
		if _, err := d.current("a command"); err == nil {
			t.Error("it may still hand in")
		}
		d, free = held()
		for range 3 * int(patient/time.Minute) {
			time.Sleep(time.Minute)
			d.came("a command")
		}
		if *free {
			t.Error("it was not waited for")
		}
		d.end("a command")
	})
}
