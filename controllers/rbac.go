package controllers

// What the operator may do in the cluster. "make manifests" turns these markers
// into the ClusterRole config/rbac/role.yaml; what it may do in its own namespace
// only (leader election) is in config/rbac/leader_election_role.yaml.
//
// Its own resources: never create or delete, which is the users' part. The star
// covers status and finalizers, and kinds to come.
//
// +kubebuilder:rbac:groups=looker-operator.dev,resources=*,verbs=get;list;watch;update;patch
//
// Secrets: read for the credentials and secret values that resources refer to,
// and listed and watched, as metadata only, to notice their rotation. The
// writing verbs are for the Secrets that a resource asks the operator to write,
// such as a user's API credentials, each owned by its resource; RBAC cannot
// express "only those", since their names are the users' choice.
//
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;list;watch;create;update;patch;delete
//
// Namespaces: their labels decide the access that a LookerInstance grants.
//
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch
//
// Events about the resources.
//
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create
//
// Who may read the metrics endpoint is the API server's decision.
//
// +kubebuilder:rbac:groups=authentication.k8s.io,resources=tokenreviews,verbs=create
// +kubebuilder:rbac:groups=authorization.k8s.io,resources=subjectaccessreviews,verbs=create
