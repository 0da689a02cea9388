package main

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// chart is a plot of figures against the number of objects.
type chart struct {
	file, title, unit string
	lines             []line
	linear            bool // the vertical axis; otherwise logarithmic
}

type line struct {
	label, key string
	floor      bool // drawn dashed
}

var charts = []chart{
	{file: "calls.svg", title: "Calls to Looker", unit: "calls", lines: []line{
		{"first apply", "apply.calls", false}, {"floor of the first apply", "apply.calls.floor", true},
		{"sweep, nothing changed", "sweep.calls", false}, {"floor of the sweep", "sweep.calls.floor", true},
	}},
	{file: "time.svg", title: "Time, 8 calls at a time", unit: "seconds", lines: []line{
		{"first apply", "apply.seconds", false}, {"floor of the first apply", "apply.wall.floor", true},
		{"sweep, nothing changed", "sweep.seconds", false}, {"floor of the sweep", "sweep.wall.floor", true},
	}},
	{file: "memory.svg", title: "Memory of the operator", unit: "MB", linear: true, lines: []line{
		{"peak", "rss.peak.mb", false}, {"at rest", "rss.rest.mb", false},
	}},
	{file: "cpu.svg", title: "Processor time of the operator", unit: "CPU seconds", lines: []line{
		{"first apply", "apply.cpu.seconds", false}, {"sweep, nothing changed", "sweep.cpu.seconds", false}, {"restart", "restart.cpu.seconds", false},
	}},
}

var colours = []color.Color{
	color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff}, color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff},
	color.RGBA{R: 0xd6, G: 0x60, B: 0x0b, A: 0xff}, color.RGBA{R: 0xd6, G: 0x60, B: 0x0b, A: 0xff},
}

// draw writes the chart as SVG. Figures that were not measured, or that a
// logarithmic axis cannot show, are left out.
func (c chart) draw(f figures, sizes []int, file string) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.title, "objects", c.unit
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	if !c.linear {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	drawn := 0
	for i, l := range c.lines {
		points := plotter.XYs{}
		for _, n := range sizes {
			if y := f[fmt.Sprintf("%d.%s", n, l.key)]; y > 0 {
				points = append(points, plotter.XY{X: float64(n), Y: y})
			}
		}
		if len(points) == 0 {
			continue
		}
		curve, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		colour := colours[i%len(colours)]
		if !l.floor && len(c.lines) < len(colours) {
			colour = colours[2*i%len(colours)]
		}
		curve.Color, dots.Color = colour, colour
		if l.floor {
			curve.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		p.Add(curve, dots)
		p.Legend.Add(l.label, curve)
		drawn += len(points)
	}
	if drawn == 0 {
		return fmt.Errorf("there is nothing to draw")
	}
	if c.linear {
		p.Y.Min = 0
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, file)
}
