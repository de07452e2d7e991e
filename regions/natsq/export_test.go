package natsq

import "context"

// RenewUnheard renews the lead behind the back of who keeps it, as a renewal does whose answer is lost.
func (e *Engine) RenewUnheard(ctx context.Context) error {
	_, err := e.lead.bucket.Put(ctx, leadKey, e.lead.value)
	return err
}
