package engine

import (
	"context"
	"iter"
	"maps"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Adapter teaches the engine one kind.
//
//	O is the custom resource, for example *v1alpha1.LookerFolder.
//	W is the desired state in Looker's terms: a struct whose JSON keys are the
//	  managed fields. A key that is absent from its JSON is left alone.
//	L is the resource as Looker returns it. Its JSON has the keys of W; a key
//	  that is absent has not been read (see Completer).
//
// An adapter has no state, reads no Kubernetes object and writes no status. W
// and L are passed by value or copied shallowly: a method may replace a field,
// and must not change what a field points at.
type Adapter[O v1alpha1.Object, W, L any] interface {
	// Desired translates the spec. It is a pure function of obj and in. An
	// error made by Invalid stops the object until its spec changes.
	Desired(obj O, in Inputs) (W, error)
	// Key returns the part of want that identifies the resource in Looker
	// where its id is not known: the natural key.
	Key(want W) W
	// Match reports whether live has the natural key. It compares exactly:
	// Looker's own searches are patterns without regard to case.
	Match(key W, live *L) bool
	// ID returns the id of a live resource.
	ID(live *L) string
	// Get reads the resource, or returns an error that
	// lookerclient.IsNotFound recognises.
	Get(ctx context.Context, c *lookerclient.Client, id string) (*L, error)
	// Create makes the resource with all that the creating call takes, and
	// makes no other call. What its answer does not show yet is sent by Update.
	Create(ctx context.Context, c *lookerclient.Client, want W) (*L, error)
	// Update sends patch, which is want reduced to what differs from live. It
	// may take several calls; each may be repeated after a failure of a later
	// one. It returns what Looker holds afterwards, as the answers show it.
	Update(ctx context.Context, c *lookerclient.Client, live *L, patch W) (*L, error)
	// Delete removes the resource. One that is already gone is not an error.
	Delete(ctx context.Context, c *lookerclient.Client, id string) error
}

// The optional abilities of an adapter. They are asked for once, when the kind
// is registered.
type (
	// Lister is implemented where Looker can list the kind whole. One list then
	// answers for all objects.
	Lister[L any] interface {
		List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*L, error]
	}
	// Finder looks a natural key up with fewer calls than a list takes. What it
	// yields is narrowed by Match.
	Finder[W, L any] interface {
		Find(ctx context.Context, c *lookerclient.Client, key W) iter.Seq2[*L, error]
	}
	// Recoverer yields what an interrupted Create may have left behind that Match
	// does not recognise yet, because the natural key is only set by Update.
	Recoverer[W, L any] interface {
		Interrupted(ctx context.Context, c *lookerclient.Client, key W) iter.Seq2[*L, error]
	}
	// Carrier names the top-level keys whose secrets the creating call carries.
	Carrier interface {
		CreateCarries() []string
	}
	// Rewriter names the paths of text that Looker rewrites when it stores it
	// (sanitised HTML, re-wrapped certificates). What came of a text that Looker
	// accepted counts as that text from then on.
	Rewriter interface {
		Rewrites() []string
	}
	// Bulker is implemented where Looker takes the changes of many resources in
	// fewer calls than one each. What the bulk keys hold is never sent by Update.
	Bulker[W, L any] interface {
		// BulkKeys names the top-level keys that go in bulk.
		BulkKeys() []string
		// UpdateAll sends the bulk keys of all items, and returns one result for
		// each, in their order.
		UpdateAll(ctx context.Context, c *lookerclient.Client, items []BulkItem[W, L]) []BulkResult[L]
	}
	// Relater names the shared sets (the members of a group, the users of a role)
	// that the spec claims entries of. Objects of any kind that contradict each
	// other are found by it.
	Relater[O v1alpha1.Object] interface {
		Relations(obj O, in Inputs) []Relation
	}
	// SelfAware marks an adapter whose Guard needs the roles and groups of the
	// operator's own user, which costs a call every few minutes of writing.
	SelfAware interface {
		NeedsSelf()
	}
	// Namer says which references (by name, path or e-mail) lead to which row.
	Namer[L any] interface {
		Targets(rows map[string]*L) map[v1alpha1.Target][]string
	}
	// Completer reads the parts of resources that no list row carries, for those
	// items whose Want manages them. It sets them in Live.
	Completer[W, L any] interface {
		Complete(ctx context.Context, c *lookerclient.Client, items []Item[W, L]) error
	}
	// Rotator is implemented where Complete takes so many calls that each sweep
	// reads a share of the resources, and keeps what it read of the others.
	Rotator[W, L any] interface {
		// ReadCalls is how many calls the parts that rotate take for one resource; 0
		// if want manages none of them.
		ReadCalls(want W) int64
		// Together names what is best read in one sweep, for one call may answer
		// for several resources.
		Together(row *L) string
		// Retain copies into a new row what Complete has read for the one before,
		// unless the two show that it is out of date.
		Retain(before, row *L)
	}
	// Normalizer is implemented where Looker stores another form than it is
	// sent: the order of a set, letter case, defaults. Both sides go through it
	// before they are compared; what it changes is not sent.
	Normalizer[W, L any] interface {
		Normalize(want *W, live *L)
	}
	// Recorder copies facts about the live resource into the kind's own status.
	Recorder[O v1alpha1.Object, W, L any] interface {
		Record(obj O, want W, live *L)
	}
	// Claimer names the entries of shared lists that want adds. They are stored
	// before they are sent, so that Desired can take them back later: it finds
	// them in the object's status.
	Claimer[W any] interface {
		Claims(want W) []string
	}
	// Guard refuses what must not be done to a live resource: built-ins, what an
	// identity provider manages, and whatever would lock the operator out.
	// A nil patch means deletion (or disabling) of the whole resource.
	Guard[W, L any] interface {
		Guard(self Self, live *L, patch *W) error
	}
	// Singleton marks a kind that always exists in Looker, is never created or
	// deleted, and whose fields several objects may share out among them.
	Singleton[O v1alpha1.Object] interface {
		SingletonID() string
		// Fields lists the paths that the spec claims.
		Fields(obj O) []string
	}
	// Disabler is implemented where a resource can be disabled instead of
	// deleted; that is then the default for what the operator created.
	Disabler interface {
		Disable(ctx context.Context, c *lookerclient.Client, id string) error
	}
	// Container is implemented where deleting a resource deletes what is in it.
	// Contents describes what is in it, nothing if it is empty.
	Container interface {
		Contents(ctx context.Context, c *lookerclient.Client, id string) ([]string, error)
	}
	// Remaker says whether a resource that vanished from Looker is made again.
	Remaker[O v1alpha1.Object] interface {
		MakeAgain(obj O) bool
	}
	// Versioned names the paths of want that need a newer Looker than the
	// oldest supported one, with the release that brought them ("26.0").
	Versioned interface {
		Since() map[string]string
	}
	// Minter is implemented where Looker hands out a secret once, which goes
	// into a Kubernetes Secret.
	Minter[O v1alpha1.Object] interface {
		// Mints lists the credentials that the spec asks for.
		Mints(obj O) []Mint
		// Minted returns the record of them in the status, for the engine to change.
		Minted(obj O) *[]v1alpha1.MintedCredential
		// ListMinted returns the ids of the resource's credentials, with their purpose.
		ListMinted(ctx context.Context, c *lookerclient.Client, id string) (map[string]string, error)
		// Mint makes one, and returns its id and the data of the Secret.
		Mint(ctx context.Context, c *lookerclient.Client, id, purpose string) (string, map[string]lookerclient.Secret, error)
		// Revoke removes one. One that is already gone is not an error.
		Revoke(ctx context.Context, c *lookerclient.Client, id, credential string) error
	}
)

// Mint is one credential that a spec asks for.
type Mint struct {
	Purpose    string
	SecretName string
}

// Item pairs a desired state with the live resource it is compared with.
type Item[W, L any] struct {
	Want W
	Live *L
	// Light: the parts that rotate are not to be read now, see Rotator.
	Light bool
}

// Self is the operator's own identity in Looker, which no resource may harm.
type Self struct {
	UserID       string
	CredentialID string // client id of the API key
	RoleIDs      []string
	GroupIDs     []string
}

// Inputs is what the engine found out for one object.
type Inputs struct {
	ids     map[targetOfKind]string
	secrets map[v1alpha1.SecretKeyReference]lookerclient.Secret
	// Release of Looker, "26.12.3"; empty where it is not known.
	Release string
}

// targetOfKind is what a reference leads to.
type targetOfKind struct {
	kind   string
	target v1alpha1.Target
}

// ID returns the Looker id behind a reference, which the object must have
// listed in References.
func (in Inputs) ID(kind string, target v1alpha1.Target) string {
	return in.ids[targetOfKind{kind, target}]
}

// IDs returns the Looker ids behind references of one kind, and whether all are
// known: a soft reference may not lead anywhere yet. A list that must be
// complete is left alone until it can be.
func (in Inputs) IDs(kind string, targets ...v1alpha1.Target) (ids []string, all bool) {
	all = true
	for _, t := range targets {
		if id := in.ID(kind, t); id != "" {
			ids = append(ids, id)
		} else {
			all = false
		}
	}
	return ids, all
}

// Secret returns the value behind a reference, which the object must have
// listed in SecretReferences.
func (in Inputs) Secret(ref v1alpha1.SecretKeyReference) lookerclient.Secret {
	return in.secrets[ref]
}

// WithID returns inputs that also resolve one target; for tests of adapters.
func (in Inputs) WithID(kind string, target v1alpha1.Target, id string) Inputs {
	in.ids = maps.Clone(in.ids)
	if in.ids == nil {
		in.ids = map[targetOfKind]string{}
	}
	in.ids[targetOfKind{kind, target}] = id
	return in
}

// WithSecret returns inputs that also hold one secret; for tests of adapters.
func (in Inputs) WithSecret(ref v1alpha1.SecretKeyReference, value lookerclient.Secret) Inputs {
	out := Inputs{ids: in.ids, secrets: map[v1alpha1.SecretKeyReference]lookerclient.Secret{ref: value}, Release: in.Release}
	for k, v := range in.secrets {
		if k != ref {
			out.secrets[k] = v
		}
	}
	return out
}
