package origin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/origin"
)

func TestBudgetIsATenthAndAtLeastTen(t *testing.T) {
	for planned, want := range map[int]int{0: 10, 50: 10, 1000: 100} {
		b := origin.NewBudget(planned)
		got := 0
		for b.Take() {
			got++
		}
		assert.Equal(t, want, got, "planned %d", planned)
		assert.False(t, b.Take())
	}
}
