# What somebody types who follows the document of 2019 to the letter, for three zones, and later needs one more rule.
# Names and order are the document's. Nothing here is repaired: see ../README.md for what `portcullis vpc check` says about it.

# The gateway of the first zone.
ibmcloud is public-gateway-create mycluster-us-south-1-gateway r006-36c8f522-4f0d-400c-8226-299f0b8198cf us-south-1
ibmcloud is subnet-update 0717-a1b2c3d4-f560-471b-b6ce-20067ac93439 --public-gateway-id mycluster-us-south-1-gateway

# The list of us-south-1.
ibmcloud is network-acl-create mycluster-us-south-1-acl
export acl_id=mycluster-us-south-1-acl
ibmcloud is network-acl-rule-delete $acl_id allow-all-inbound-rule -f
ibmcloud is network-acl-rule-delete $acl_id allow-all-outbound-rule -f
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.64.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.64.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.128.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.128.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network2-outbound $acl_id allow outbound all 0.0.0.0/0 161.26.0.0/16
ibmcloud is network-acl-rule-add allow-ibm-private-network2-inbound $acl_id allow inbound all 161.26.0.0/16 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network-outbound $acl_id allow outbound all 0.0.0.0/0 166.8.0.0/14
ibmcloud is network-acl-rule-add allow-ibm-private-network-inbound $acl_id allow inbound all 166.8.0.0/14 0.0.0.0/0
ibmcloud is network-acl-rule-add corporate-network-outbound $acl_id allow outbound all 0.0.0.0/0 207.42.8.0/24
ibmcloud is network-acl-rule-add corporate-network-inbound $acl_id allow inbound all 207.42.8.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-outbound $acl_id deny outbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-inbound $acl_id deny inbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is subnet-update 0717-a1b2c3d4-f560-471b-b6ce-20067ac93439 --network-acl-id $acl_id

# The list of us-south-2.
ibmcloud is network-acl-create mycluster-us-south-2-acl
export acl_id=mycluster-us-south-2-acl
ibmcloud is network-acl-rule-delete $acl_id allow-all-inbound-rule -f
ibmcloud is network-acl-rule-delete $acl_id allow-all-outbound-rule -f
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.0.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.0.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.128.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.128.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network2-outbound $acl_id allow outbound all 0.0.0.0/0 161.26.0.0/16
ibmcloud is network-acl-rule-add allow-ibm-private-network2-inbound $acl_id allow inbound all 161.26.0.0/16 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network-outbound $acl_id allow outbound all 0.0.0.0/0 166.8.0.0/14
ibmcloud is network-acl-rule-add allow-ibm-private-network-inbound $acl_id allow inbound all 166.8.0.0/14 0.0.0.0/0
ibmcloud is network-acl-rule-add corporate-network-outbound $acl_id allow outbound all 0.0.0.0/0 207.42.8.0/24
ibmcloud is network-acl-rule-add corporate-network-inbound $acl_id allow inbound all 207.42.8.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-outbound $acl_id deny outbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-inbound $acl_id deny inbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is subnet-update 0727-b2c3d4e5-1c54-4248-86ca-e60aab74ed62 --network-acl-id $acl_id

# The list of us-south-3.
ibmcloud is network-acl-create mycluster-us-south-3-acl
export acl_id=mycluster-us-south-3-acl
ibmcloud is network-acl-rule-delete $acl_id allow-all-inbound-rule -f
ibmcloud is network-acl-rule-delete $acl_id allow-all-outbound-rule -f
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.0.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.0.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.64.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.64.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network2-outbound $acl_id allow outbound all 0.0.0.0/0 161.26.0.0/16
ibmcloud is network-acl-rule-add allow-ibm-private-network2-inbound $acl_id allow inbound all 161.26.0.0/16 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network-outbound $acl_id allow outbound all 0.0.0.0/0 166.8.0.0/14
ibmcloud is network-acl-rule-add allow-ibm-private-network-inbound $acl_id allow inbound all 166.8.0.0/14 0.0.0.0/0
ibmcloud is network-acl-rule-add corporate-network-outbound $acl_id allow outbound all 0.0.0.0/0 207.42.8.0/24
ibmcloud is network-acl-rule-add corporate-network-inbound $acl_id allow inbound all 207.42.8.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-outbound $acl_id deny outbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-inbound $acl_id deny inbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is subnet-update 0737-c3d4e5f6-2d65-4359-97db-f71bbc85fe73 --network-acl-id $acl_id

# Later: pods of the first zone shall reach a payment service on the internet.
ibmcloud is network-acl-rule-add payments mycluster-us-south-1-acl allow outbound tcp 0.0.0.0/0 203.0.113.0/24 --destination-port-min 443 --destination-port-max 443 --before-rule-name deny-all-inbound
