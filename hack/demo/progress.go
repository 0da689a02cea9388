package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress tells what the demo is doing: on a terminal in one line that is
// written over, elsewhere in a line for each thing that happens.
type progress struct {
	out      io.Writer
	width    func() int // of the terminal; nil if it is none
	started  time.Time
	steps    int
	mu       sync.Mutex
	n        int
	title    string
	state    string
	busy     bool          // a step is under way
	quit     chan struct{} // ends the repainting of the line
	painters sync.WaitGroup
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, started: time.Now()}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.width = func() int {
			width, _, err := term.GetSize(int(file.Fd()))
			if err != nil || width <= 0 {
				return 80
			}
			return width
		}
	}
	return p
}

// step begins a step. The one before must have ended.
func (p *progress) step(title string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n, p.title, p.state, p.busy = p.n+1, title, "", true
	if p.width == nil {
		p.line("%s", p.title)
		return
	}
	quit := make(chan struct{})
	p.quit = quit
	p.painters.Go(func() { p.repaint(quit) })
}

// status says how far the step is.
func (p *progress) status(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	state := fmt.Sprintf(format, args...)
	if state == p.state {
		return
	}
	p.state = state
	if p.width == nil {
		p.line("  %s", state)
	}
}

// done ends a step well.
func (p *progress) done(format string, args ...any) {
	p.endPainting()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = false
	result := fmt.Sprintf(format, args...)
	if p.width == nil {
		p.line("  done: %s", result)
		return
	}
	p.line("%s: %s", p.title, result)
}

// failed ends a step that did not come to its end, if there is one.
func (p *progress) failed() {
	p.endPainting()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.busy:
	case p.width == nil:
		p.line("  FAILED")
	default:
		p.line("%s: FAILED", p.title)
	}
	p.busy = false
}

// print shows a text between two steps, as it is.
func (p *progress) print(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.out, strings.TrimRight(text, "\n"))
}

// line writes a whole line. The caller holds the lock.
func (p *progress) line(format string, args ...any) {
	fmt.Fprintf(p.out, "%s %s\n", p.prefix(), fmt.Sprintf(format, args...))
}

func (p *progress) prefix() string {
	return fmt.Sprintf("[%5.1fs] %d/%d", time.Since(p.started).Seconds(), p.n, p.steps)
}

// repaint writes the line over and over.
func (p *progress) repaint(quit <-chan struct{}) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for frame := 0; ; frame++ {
		p.mu.Lock()
		text := fmt.Sprintf("%s %s %c", p.prefix(), p.title, `-\|/`[frame%4])
		if p.state != "" {
			text += " " + p.state
		}
		fmt.Fprint(p.out, "\r\x1b[K"+cut(text, p.width()-1))
		p.mu.Unlock()
		select {
		case <-quit:
			fmt.Fprint(p.out, "\r\x1b[K")
			return
		case <-ticker.C:
		}
	}
}

func (p *progress) endPainting() {
	if p.quit == nil {
		return
	}
	close(p.quit)
	p.painters.Wait()
	p.quit = nil
}

// cut shortens a text to a number of columns, so that the line does not wrap.
func cut(text string, columns int) string {
	runes := []rune(text)
	if len(runes) <= columns || columns < 1 {
		return text
	}
	return string(runes[:columns-1]) + "…"
}
