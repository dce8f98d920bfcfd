#include "demo.h"

static const demo_job jobs[] = {
    {"Housing officer", "Swyddog tai", "housing_management", "housing_3", &demo_homes, "Neighbourhoods|Lettings|Tenancy sustainment|Leasehold|Anti-social behaviour|New tenancies", DEMO_DRIVES | DEMO_HOME, "You would be the person whom tenants know by name"},
    {"Support worker", "Gweithiwr cymorth", "support_and_care", "housing_1|housing_2", &demo_care, "Supported living|Homeless hostel|Young people's scheme|Domestic abuse refuge|Floating support|Mental health scheme", DEMO_SHIFTS | DEMO_VETTED | DEMO_HOURLY, "You would help people to keep a home, and to build a life from it"},
    {"Multi-trade operative", "Gweithiwr aml-grefft", "repairs_and_maintenance", "housing_3", &demo_repairs, "Responsive repairs|Empty homes|Planned works|Damp and mould|Adaptations", DEMO_DRIVES, "You would mend what is broken in people's homes, and leave them tidier than you found them"},
    {"Gas engineer", "Peiriannydd nwy", "repairs_and_maintenance", "housing_3|housing_4", &demo_repairs, "Servicing|Breakdown|Installations|Heat pumps", DEMO_DRIVES | DEMO_SHIFTS, "You would keep homes warm and safe"},
    {"Electrician", "Trydanwr", "repairs_and_maintenance", "housing_3", &demo_repairs, "Testing|Responsive repairs|Rewiring|Solar and storage", DEMO_DRIVES, "You would test, mend and improve installations in homes that you will see again"},
    {"Income officer", "Swyddog incwm", "housing_management", "housing_2|housing_3", &demo_homes, "Current tenants|Former tenants|Welfare reform|Court team", DEMO_HOME, "You would help people to pay their rent, and find out early why they cannot"},
    {"Scheme manager", "Rheolwr cynllun", "support_and_care", "housing_2", &demo_care, "Retirement living|Extra care|Sheltered housing|Mobile", DEMO_VETTED, "You would make a building of forty flats into a neighbourhood"},
    {"Surveyor", "Syrfëwr", "repairs_and_maintenance", "housing_4", &demo_planning, "Stock condition|Disrepair|Fire safety|Party wall|Retrofit", DEMO_DRIVES | DEMO_HOME, "You would know our homes better than anybody, and say which need what first"},
    {"Development project manager", "Rheolwr prosiect datblygu", "development", "housing_4|housing_5", &demo_planning, "Land and new business|Delivery|Regeneration|Rural homes|Aftercare", DEMO_HOME | DEMO_DRIVES, "You would take a scheme from a field to a front door"},
    {"Customer service adviser", "Cynghorydd gwasanaeth cwsmeriaid", "housing_corporate", "housing_1|housing_2", &demo_public, "Contact centre|Repairs desk|Complaints|Lettings line", DEMO_HOME, "You would solve most things in the first call, and own the rest"},
    {"Estate caretaker", "Gofalwr ystad", "housing_management", "housing_1", &demo_estates, "High-rise|Low-rise|Mobile team|Grounds", DEMO_DRIVES | DEMO_HOURLY, "You would keep the places between the front doors"},
    {"Finance business partner", "Partner busnes cyllid", "housing_corporate", "housing_4|housing_5", &demo_money, "Treasury|Asset management|Care and support|Service charges", DEMO_HOME, "You would help managers to see what things cost and what they bring"},
    {"Systems analyst", "Dadansoddwr systemau", "housing_corporate", "housing_3|housing_4", &demo_digital, "Housing management system|Data quality|Integration|Mobile working", DEMO_HOME, "You would make forms that people can fill in on a telephone in the rain"},
    {"Trade apprentice", "Prentis crefft", "repairs_and_maintenance", "housing_1", &demo_repairs, "Plumbing|Joinery|Electrical|Plastering|Roofing", DEMO_TRAINING, "You would learn a trade from people who are good at it"},
    {"Director of homes", "Cyfarwyddwr cartrefi", "housing_management", "housing_5", &demo_leading, "Customers|Property|Care and support", DEMO_HOME, "You would answer to residents first"},
    {0}};
static const demo_pay pay[] = {{"housing_1", 24650, 26100}, {"housing_2", 27300, 30150}, {"housing_3", 31200, 38900}, {"housing_4", 40400, 46900}, {"housing_5", 51500, 74800}, {0}};
const demo_sector demo_housing = {
    "housing", jobs, pay,
    "We own and look after several thousand homes, and put every surplus into more of them|A third of our board are tenants|Our homes are let at social rents, and we mean to keep it so|We build about two hundred homes a year|We came out of our last regulatory judgement with the highest grades",
    "28 days of leave and bank holidays|A pension to which we add up to 10 per cent|A health cash plan for you and your children|Van or car allowance where the job needs it|Paid professional fees and study leave|Two paid days to volunteer|Life cover of four times your salary|Flexible hours around school and care|A day off for moving house"};
